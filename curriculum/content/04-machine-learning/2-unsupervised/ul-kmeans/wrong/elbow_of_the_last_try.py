# rejects: The elbow shows the clusters that are there
# because: The last of several tries is as good as any. A single start can end in a poor local minimum.

# %% id="elbow"
def elbow(X, ks, rng, tries=5):
    values = []
    for k in ks:
        for _ in range(tries):
            centres, labels, history = kmeans(X, k, "random", rng)
        values.append(history[-1])
    return np.array(values)
