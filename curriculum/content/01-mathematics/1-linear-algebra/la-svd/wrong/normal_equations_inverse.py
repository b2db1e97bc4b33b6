# rejects: The four Penrose conditions hold at every rank
# because: The pseudo-inverse is (AᵀA)⁻¹Aᵀ. That holds for independent columns only.

# %% id="pinv"
def pinv(A, rtol=1e-6):
    A = np.array(A, dtype=float)
    return np.linalg.inv(A.T @ A + 1e-12 * np.eye(A.shape[1])) @ A.T
