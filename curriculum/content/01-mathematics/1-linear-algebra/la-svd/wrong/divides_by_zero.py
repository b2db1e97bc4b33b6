# rejects: U and V are orthonormal, also where singular values are zero
# because: u_i is always A v_i / σ_i. Where σ_i is zero this is 0/0.

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
    U = A @ V / s
    return U, s, V.T
