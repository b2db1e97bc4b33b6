# rejects: The first steps are those of the formula
# because: w is updated, then b with the new w. That walks downhill too, but its two halves belong to
#   different points.

# %% id="fit-gd"
def fit_gd(X, y, lr, iters):
    if lr <= 0 or iters < 0:
        raise ValueError("lr must be above 0 and iters at least 0")
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    w, b = np.zeros(X.shape[1]), 0.0
    history = [cost(X, y, w, b)]
    for _ in range(iters):
        w = w - lr * gradient(X, y, w, b)[0]
        b = b - lr * gradient(X, y, w, b)[1]
        history.append(cost(X, y, w, b))
    return w, b, np.array(history)
