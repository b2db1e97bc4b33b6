# rejects: The first steps are those of the formula
# rejects: No step, fewer than none, and a bad learning rate
# because: There is one cost for each step. The cost before the first step is missing.

# %% id="fit-gd"
def fit_gd(X, y, lr, iters):
    if lr <= 0 or iters < 0:
        raise ValueError("lr must be above 0 and iters at least 0")
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    w, b = np.zeros(X.shape[1]), 0.0
    history = []
    for _ in range(iters):
        dw, db = gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
        history.append(cost(X, y, w, b))
    return w, b, np.array(history)
