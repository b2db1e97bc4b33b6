# rejects: The gradient is that of your own cost
# because: The derivative of a square brings down a 2. So it does, and the ½ in this cost takes it away.

# %% id="gradient"
def gradient(X, y, w, b):
    X, y, w = (np.asarray(a, dtype=float) for a in (X, y, w))
    errors = X @ w + b - y
    return 2 * X.T @ errors / len(y), float(2 * errors.mean())
