# rejects: Singular values descend, are not negative and have the right size
# because: eigh already returns the values sorted. It does, but from small to large.

# %% id="svd"
def svd(A):
    A = np.array(A, dtype=float)
    if A.ndim != 2 or A.size == 0:
        raise ValueError("not a matrix")
    if A.shape[0] < A.shape[1]:
        V, s, Ut = svd(A.T)
        return Ut.T, s, V.T
    values, V = np.linalg.eigh(A.T @ A)
    U, R = np.linalg.qr(A @ V)
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    return U * signs, np.abs(np.diag(R)), V.T
