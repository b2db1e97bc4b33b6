# %% [markdown]
# # k-means
#
# Given $n$ points $x_1, \dots, x_n$ in $d$ dimensions, k-means looks for $k$ centres $c_1, \dots, c_k$ and a label
# $\ell_i$ for each point so that the *inertia*
#
# $$J = \sum_{i=1}^{n} \lVert x_i - c_{\ell_i} \rVert^2$$
#
# is small. Lloyd's algorithm takes turns: give each point to its nearest centre, then move each centre to the mean of its
# points. Neither step can raise $J$, so the walk comes to rest – in a *local* minimum, which is why the start matters.
#
# You write `inertia`, `kmeans_pp`, `kmeans` and `elbow`.
#
# **Shapes.** `X` is $(n, d)$, an array or a list of lists; its entries may be integers, even `uint8` (a
# photograph!), where $3 - 5 = 254$. Compute in `float64`. Leave the caller's arrays as they were.
#
# **Chance.** Everything random comes from the argument `rng`, a `numpy.random.Generator`, and from nowhere else: the same
# `rng` must give the same answer. `k` has to be from $1$ to $n$; anything else raises `ValueError`.
#
# **From scratch.** NumPy only; scikit-learn and SciPy are closed here.

# %% [markdown]
# ## An example to follow by hand
#
# Five points on a line, $0, 1, 2, 10, 12$, and two centres that start at $0$ and $2$.
#
# | | centres | labels | inertia |
# |---|---|---|---|
# | start | $0,\ 2$ | $0\ 0\ 1\ 1\ 1$ (the tie at $1$ goes to the lower label) | $0 + 1 + 0 + 64 + 100 = 165$ |
# | after one move | $0.5,\ 8$ | $0\ 0\ 0\ 1\ 1$ | $0.25 + 0.25 + 2.25 + 4 + 16 = 22.75$ |
# | after two | $1,\ 11$ | $0\ 0\ 0\ 1\ 1$ | $1 + 0 + 1 + 1 + 1 = 4$ |
#
# The labels did not change in the last line: that is the end. `history` for this run is `[165, 22.75, 4]`.

# %%
import matplotlib.pyplot as plt
import numpy as np

X_small = np.array([[0], [1], [2], [10], [12]])

# %% [markdown]
# ## 1. `inertia(X, centres, labels)`
#
# The sum above, for labels as they are given – whether or not they name the nearest centre.

# %% id="inertia"
def inertia(X, centres, labels):
    """Sum of squared distances of the points to the centres of their labels, as a float."""
    ### BEGIN SOLUTION
    X, centres = np.asarray(X, dtype=float), np.asarray(centres, dtype=float)
    return float(np.sum((X - centres[np.asarray(labels)]) ** 2))
    ### END SOLUTION


# %%
print(inertia(X_small, [[0], [2]], [0, 0, 1, 1, 1]), "by hand 165")

# %% [markdown]
# ## 2. `kmeans_pp(X, k, rng)`
#
# Seeding by Arthur and Vassilvitskii. The first centre is a row of `X`, all rows equally likely. Each further centre is
# a row drawn with probability
#
# $$p_i = \frac{D_i^2}{\sum_j D_j^2}, \qquad D_i = \text{distance of } x_i \text{ to the nearest centre so far.}$$
#
# If all $D_i$ are zero (fewer than $k$ different points), draw from all rows equally. Return the centres, shape $(k, d)$.
# This is the plain form: one candidate each time, not the best of several.

# %% id="kmeans-pp"
def kmeans_pp(X, k, rng):
    """k rows of X as starting centres, drawn by D-squared weighting; float64, shape (k, d).

    Raises ValueError unless 1 <= k <= n.
    """
    ### BEGIN SOLUTION
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError(f"k must be from 1 to {len(X)}, not {k}")
    centres = [X[rng.integers(len(X))]]
    while len(centres) < k:
        squared = ((X[:, None, :] - np.array(centres)) ** 2).sum(axis=2).min(axis=1)
        total = squared.sum()
        weights = squared / total if total > 0 else None
        centres.append(X[rng.choice(len(X), p=weights)])
    return np.array(centres)
    ### END SOLUTION


# %%
print(kmeans_pp(X_small, 2, np.random.default_rng(0)))

# %% [markdown]
# ## 3. `kmeans(X, k, init, rng, max_iter)`
#
# `init` is `"++"` (seed by your `kmeans_pp`), `"random"` ($k$ *different* rows of `X`, all choices equally likely) or an array
# of $k$ starting centres, which is used as it is. Then:
#
# 1. Label each point with its nearest centre; a tie goes to the lowest label. Append the inertia to `history`.
# 2. If the labels are the same as in the round before, stop.
# 3. Move each centre to the mean of its points, and go to 1. At most `max_iter` moves are made.
#
# **An empty cluster** has no mean. Move its centre onto the point that is farthest from its own centre – with several
# empty clusters, onto as many different points, the farthest first. So no answer ever holds a NaN, and with $k$ different
# points or more no cluster stays empty.
#
# Return `centres` $(k, d)$, `labels` $(n,)$ of integers from $0$ to $k - 1$, and `history`, a one-dimensional array. At the end
# everything fits together: the centres are the means of their labels, and the labels name the nearest centres (unless
# `max_iter` cut the walk short). A cluster that started at `init[j]` has the number $j$; otherwise the numbering is free.

# %% id="kmeans"
def kmeans(X, k, init="++", rng=None, max_iter=100):
    """Lloyd's algorithm. Returns centres (k, d), labels (n,) and the history of the inertia.

    init: "++", "random" or an array of shape (k, d). rng is needed for the first two.
    Raises ValueError unless 1 <= k <= n.
    """
    ### BEGIN SOLUTION
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError(f"k must be from 1 to {len(X)}, not {k}")
    if isinstance(init, str) and init == "++":
        centres = kmeans_pp(X, k, rng)
    elif isinstance(init, str) and init == "random":
        centres = X[rng.choice(len(X), size=k, replace=False)]
    else:
        centres = np.array(init, dtype=float)

    labels, history = None, []
    for moves in range(max_iter + 1):
        squared = ((X[:, None, :] - centres) ** 2).sum(axis=2)
        before, labels = labels, squared.argmin(axis=1)
        own = squared.min(axis=1)
        history.append(own.sum())
        if moves == max_iter or (before is not None and (labels == before).all()):
            break
        farthest = iter(np.argsort(-own, kind="stable"))
        for j in range(k):
            members = X[labels == j]
            centres[j] = members.mean(axis=0) if len(members) else X[next(farthest)]
    return centres, labels, np.array(history)
    ### END SOLUTION


# %%
centres, labels, history = kmeans(X_small, 2, init=[[0], [2]])
print("centres", centres.ravel(), "labels", labels, "history", history)

# %% [markdown]
# ## 4. `elbow(X, ks, rng, tries)`
#
# For each `k` in `ks`, run `kmeans` from `tries` k-means++ starts and keep the *lowest* final inertia. Return these numbers as
# an array, in the order of `ks`. Drawn as a curve they fall steeply as long as a new centre finds a cluster of its own, and
# slowly after that.

# %% id="elbow"
def elbow(X, ks, rng, tries=5):
    """Lowest final inertia over `tries` k-means++ starts, one number for each k in ks."""
    ### BEGIN SOLUTION
    return np.array([min(kmeans(X, k, "++", rng)[2][-1] for _ in range(tries)) for k in ks])
    ### END SOLUTION


# %% [markdown]
# ## Eight colours for a photograph
#
# Each pixel is a point in three dimensions. Replace it by the centre of its cluster and only eight colours are left.
# (Photograph by danielbuechele, CC BY 2.0, cropped and reduced.)

# %%
photograph = (plt.imread("data/pagoda.png") * 255).astype(np.uint8)
pixels = photograph.reshape(-1, 3)
rng = np.random.default_rng(1)
palette, labels, history = kmeans(pixels, 8, "++", rng, max_iter=30)
repainted = palette[labels].reshape(photograph.shape).round().astype(np.uint8)

plt.figure(figsize=(4, 2.6))
plt.imshow(np.hstack([photograph, repainted]))
plt.title(f"{len(np.unique(pixels, axis=0))} colours, and 8")
plt.axis("off")
plt.show()
ks = [1, 2, 4, 8, 16]
for k, value in zip(ks, elbow(pixels[::8], ks, rng, tries=2), strict=True):
    print(f"k = {k:2d}: inertia {value:12,.0f}")
