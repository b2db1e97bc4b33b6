# rejects: The cost is half the mean squared error
# rejects: The gradient is that of your own cost
# because: y is a column, so make it one. A flat prediction minus a column is an n × n table of differences.

# %% id="cost"
def cost(X, y, w, b):
    X, w = np.asarray(X, dtype=float), np.asarray(w, dtype=float)
    y = np.asarray(y, dtype=float).reshape(-1, 1)
    return float(np.sum((X @ w + b - y) ** 2)) / (2 * len(y))
