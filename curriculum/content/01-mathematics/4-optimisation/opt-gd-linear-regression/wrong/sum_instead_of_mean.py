# rejects: The gradient is that of your own cost
# rejects: The first steps are those of the formula
# because: The gradient is a sum over the rows. The cost is a mean, so its gradient is one too.

# %% id="gradient"
def gradient(X, y, w, b):
    X, y, w = (np.asarray(a, dtype=float) for a in (X, y, w))
    errors = X @ w + b - y
    return X.T @ errors, float(errors.sum())
