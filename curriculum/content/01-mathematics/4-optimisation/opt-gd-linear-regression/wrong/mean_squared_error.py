# rejects: The cost is half the mean squared error
# because: The cost of a regression is the mean squared error; a factor does not matter. Here it is stated,
#   and other numbers are compared with it.

# %% id="cost"
def cost(X, y, w, b):
    X, y, w = (np.asarray(a, dtype=float) for a in (X, y, w))
    return float(np.mean((X @ w + b - y) ** 2))


# %% id="gradient"
def gradient(X, y, w, b):
    X, y, w = (np.asarray(a, dtype=float) for a in (X, y, w))
    errors = X @ w + b - y
    return 2 * X.T @ errors / len(y), float(2 * errors.mean())
