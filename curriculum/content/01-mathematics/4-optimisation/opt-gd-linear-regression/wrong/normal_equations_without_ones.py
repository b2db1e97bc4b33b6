# rejects: At the answer of fit_normal the cost is least
# because: w = (XᵀX)⁻¹Xᵀy, and b is the mean of what is left over. That holds for centred features only.

# %% id="fit-normal"
def fit_normal(X, y):
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    w = np.linalg.solve(X.T @ X, X.T @ y)
    return w, float(np.mean(y - X @ w))
