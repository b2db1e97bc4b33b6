# rejects: Lists, integers and float32 are understood, and A is left as it was
# because: np.asarray makes a copy. For an array of float64 it does not, and the rotations overwrite the
#   caller's matrix.

# %% id="svd"
def svd(A):
    A = np.asarray(A, dtype=float)
    if A.ndim != 2 or A.size == 0:
        raise ValueError("not a matrix")
    if A.shape[0] < A.shape[1]:
        V, s, Ut = svd(A.T)
        return Ut.T, s, V.T
    n = A.shape[1]
    V = np.eye(n)
    for _ in range(30):
        turned = False
        for p in range(n):
            for q in range(p + 1, n):
                a, b, c = A[:, p] @ A[:, p], A[:, q] @ A[:, q], A[:, p] @ A[:, q]
                if abs(c) <= 1e-14 * np.sqrt(a * b) or a * b == 0:
                    continue
                turned = True
                angle = 0.5 * np.arctan2(2 * c, a - b)
                turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                A[:, [p, q]] = A[:, [p, q]] @ turn
                V[:, [p, q]] = V[:, [p, q]] @ turn
        if not turned:
            break
    s = np.linalg.norm(A, axis=0)
    order = np.argsort(-s)
    U, R = np.linalg.qr(A[:, order])
    return U * np.where(np.diag(R) < 0, -1.0, 1.0), s[order], V[:, order].T
