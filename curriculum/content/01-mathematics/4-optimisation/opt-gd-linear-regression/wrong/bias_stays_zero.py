# rejects: Descent arrives at the solution of the normal equations
# because: Descent is about the weights; the bias is only an offset and may stay where it starts.

# %% id="fit-gd"
def fit_gd(X, y, lr, iters):
    if lr <= 0 or iters < 0:
        raise ValueError("lr must be above 0 and iters at least 0")
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    w, b = np.zeros(X.shape[1]), 0.0
    history = [cost(X, y, w, b)]
    for _ in range(iters):
        dw, db = gradient(X, y, w, b)
        w = w - lr * dw
        history.append(cost(X, y, w, b))
    return w, b, np.array(history)
