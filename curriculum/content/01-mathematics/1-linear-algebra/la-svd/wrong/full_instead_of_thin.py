# rejects: The three factors have the thin shapes
# because: U is always a square matrix.

# %% id="svd"
def svd(A):
    A = np.array(A, dtype=float)
    if A.ndim != 2 or A.size == 0:
        raise ValueError("not a matrix")
    if A.shape[0] < A.shape[1]:
        V, s, Ut = svd(A.T)
        return Ut.T, s, V.T
    values, V = np.linalg.eigh(A.T @ A)
    V = V[:, ::-1]
    U, R = np.linalg.qr(A @ V, mode="complete")
    signs = np.ones(len(U))
    signs[: len(V)] = np.where(np.diag(R) < 0, -1.0, 1.0)
    return U * signs, np.abs(np.diag(R)), V.T
