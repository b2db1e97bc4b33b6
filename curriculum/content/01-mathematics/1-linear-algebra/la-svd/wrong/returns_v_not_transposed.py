# rejects: U·diag(s)·Vt gives A back
# because: The third result is V. For square matrices even the shape looks right.

# %% id="svd"
def svd(A):
    A = np.array(A, dtype=float)
    if A.ndim != 2 or A.size == 0:
        raise ValueError("not a matrix")
    if A.shape[0] < A.shape[1]:
        V, s, U = svd(A.T)
        return U, s, V
    values, V = np.linalg.eigh(A.T @ A)
    V = V[:, ::-1]
    U, R = np.linalg.qr(A @ V)
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    return U * signs, np.abs(np.diag(R)), V
