# rejects: Each of the five optimisers takes its own steps
# because: the running averages are averages already, so the division by 1 − 0.9ᵗ looks like decoration

# %% id="path"
def path(name, gradient, start, rate, steps):
    p = np.array(start, dtype=float)
    m, s = np.zeros(2), np.zeros(2)
    points = [p]
    for t in range(1, steps + 1):
        g = np.asarray(gradient(p))
        if name == "gd":
            step = g
        elif name == "momentum":
            m = 0.9 * m + g
            step = m
        elif name == "adagrad":
            s = s + g**2
            step = g / (np.sqrt(s) + 1e-8)
        elif name == "rmsprop":
            s = 0.9 * s + 0.1 * g**2
            step = g / (np.sqrt(s) + 1e-8)
        else:
            m = 0.9 * m + 0.1 * g
            s = 0.999 * s + 0.001 * g**2
            step = m / (np.sqrt(s) + 1e-8)
        p = p - rate * step
        points.append(p)
    return np.array(points)
