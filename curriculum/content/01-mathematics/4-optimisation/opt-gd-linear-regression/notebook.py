# %% [markdown]
# # Gradient descent for linear regression
#
# A linear model predicts $\hat y_i = w^\top x_i + b$ from $d$ features. You will find its coefficients in two ways, by
# walking downhill and by solving for the bottom at once, and make the walk faster by scaling the features.
#
# You write `cost`, `gradient`, `fit_gd`, `fit_normal` and a class `Scaler`.
#
# **Shapes.** `X` is $(n, d)$ with $n \ge 1$ rows, `y` and the predictions are $(n,)$, `w` is $(d,)$, `b` is one
# number. Each may come as a list or as an array of integers, `float32` or `float64`; compute in `float64`, and
# leave the caller's arrays as they were.
#
# **From scratch.** NumPy only, without `np.linalg.lstsq`, `np.linalg.pinv` and `np.polyfit`.
# `np.linalg.solve` is open.

# %% [markdown]
# ## An example to follow by hand
#
# Three points $(x, y)$: $(0, 1)$, $(1, 3)$, $(2, 5)$. They lie on $y = 2x + 1$. Start from $w = 0,\ b = 0$: the errors
# $\hat y - y$ are $-1, -3, -5$, so
#
# $$J = \tfrac{1}{2 \cdot 3}(1 + 9 + 25) = \tfrac{35}{6}, \qquad
# \frac{\partial J}{\partial w} = \tfrac13 (0 \cdot {-1} + 1 \cdot {-3} + 2 \cdot {-5}) = -\tfrac{13}{3}, \qquad
# \frac{\partial J}{\partial b} = \tfrac13(-1 - 3 - 5) = -3 .$$
#
# One step with learning rate $0.1$ leads to $w = 0.4333,\ b = 0.3$, and the cost falls from $5.83$ to about $3.39$.

# %%
import matplotlib.pyplot as plt
import numpy as np

X_small = np.array([[0.0], [1.0], [2.0]])
y_small = np.array([1.0, 3.0, 5.0])

# %% [markdown]
# ## 1. `cost` and `gradient`
#
# $$J(w, b) = \frac{1}{2n} \sum_{i=1}^{n} \left( w^\top x_i + b - y_i \right)^2$$
#
# Derive the gradient of *this* cost yourself, factor and all, then write both without a loop over the rows.
# `gradient` returns the pair `dw, db`: an array of shape $(d,)$ and a number.

# %% id="cost"
def cost(X, y, w, b):
    """Half the mean squared error of the model w, b on the rows of X, as a float."""
    ### BEGIN SOLUTION
    X, y, w = (np.asarray(a, dtype=float) for a in (X, y, w))
    errors = X @ w + b - y
    return float(errors @ errors) / (2 * len(y))
    ### END SOLUTION


# %% id="gradient"
def gradient(X, y, w, b):
    """Gradient of `cost`: dw of shape (d,), and db, a float."""
    ### BEGIN SOLUTION
    X, y, w = (np.asarray(a, dtype=float) for a in (X, y, w))
    errors = X @ w + b - y
    return X.T @ errors / len(y), float(errors.mean())
    ### END SOLUTION


# %%
print("cost    ", cost(X_small, y_small, np.zeros(1), 0.0), "by hand", 35 / 6)
print("gradient", gradient(X_small, y_small, np.zeros(1), 0.0), "by hand", (-13 / 3, -3.0))

# %% [markdown]
# ## 2. `fit_gd(X, y, lr, iters)`
#
# Start from $w = 0$, $b = 0$ and repeat `iters` times, with both parts of the gradient taken at the *same* point:
#
# $$w \leftarrow w - \texttt{lr}\,\frac{\partial J}{\partial w}(w, b), \qquad b \leftarrow b - \texttt{lr}\,\frac{\partial J}{\partial b}(w, b).$$
#
# Return `w, b, history`. `history` is an array of `iters + 1` costs: the one at the start, then one after each step.
# With `iters = 0` that is the start alone. A negative `iters`, or a `lr` that is not above zero, raises `ValueError`.

# %% id="fit-gd"
def fit_gd(X, y, lr, iters):
    """Gradient descent on `cost` from zero.

    Returns w of shape (d,), b (float) and the history of costs, shape (iters + 1,).
    Raises ValueError unless lr > 0 and iters >= 0.
    """
    ### BEGIN SOLUTION
    if lr <= 0 or iters < 0:
        raise ValueError("lr must be above 0 and iters at least 0")
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    w, b = np.zeros(X.shape[1]), 0.0
    history = [cost(X, y, w, b)]
    for _ in range(iters):
        dw, db = gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
        history.append(cost(X, y, w, b))
    return w, b, np.array(history)
    ### END SOLUTION


# %%
w, b, history = fit_gd(X_small, y_small, lr=0.3, iters=200)
print("w", w, "b", b, "(the points lie on 2x + 1)")
print("first costs", history[:4].round(3))

# %% [markdown]
# ## 3. `fit_normal(X, y)`
#
# At the bottom the gradient is zero. Write that condition as a linear system for $(w, b)$ – the *normal
# equations*, with a column of ones for $b$ – and solve it. Here the columns of `X` together with the ones are
# linearly independent.

# %% id="fit-normal"
def fit_normal(X, y):
    """The w (shape (d,)) and b (float) of least cost, from the normal equations."""
    ### BEGIN SOLUTION
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    Z = np.column_stack([X, np.ones(len(X))])
    solution = np.linalg.solve(Z.T @ Z, Z.T @ y)
    return solution[:-1], float(solution[-1])
    ### END SOLUTION


# %% [markdown]
# ## 4. `Scaler`
#
# A `Scaler` learns, once, the mean $\mu_j$ and the standard deviation $s_j$ of each column of the *training* rows
# (`np.std` as it is, with $1/n$), and uses them for whatever comes later:
#
# $$z_{ij} = \frac{x_{ij} - \mu_j}{s_j} .$$
#
# - `fit(X)` learns and returns the scaler itself.
# - `transform(X)` returns the scaled copy. Before `fit` it raises `RuntimeError`.
# - `to_original(w, b)` takes coefficients fitted on scaled features and returns the `w, b` that predict the same from the
#   *unscaled* features. Write $w^\top z + b$ out in terms of $x$ to find them.
#
# A constant column has $s_j = 0$: use $1$ instead, so that the column becomes zeros.

# %% id="scaler"
class Scaler:
    """Standardises columns with the statistics of the rows that it was fitted on."""

    def __init__(self):
        self.mean = None
        self.scale = None

    def fit(self, X):
        """Learn mean and scale of each column; returns the scaler."""
        ### BEGIN SOLUTION
        X = np.asarray(X, dtype=float)
        constant = (X == X[0]).all(axis=0)
        self.mean = X.mean(axis=0)
        self.scale = np.where(constant, 1.0, X.std(axis=0))
        return self
        ### END SOLUTION

    def transform(self, X):
        """A scaled copy of X. Raises RuntimeError before fit."""
        ### BEGIN SOLUTION
        if self.mean is None:
            raise RuntimeError("call fit before transform")
        return (np.asarray(X, dtype=float) - self.mean) / self.scale
        ### END SOLUTION

    def to_original(self, w, b):
        """Coefficients for the unscaled features, from those for scaled ones."""
        ### BEGIN SOLUTION
        w = np.asarray(w, dtype=float) / self.scale
        return w, float(b - w @ self.mean)
        ### END SOLUTION


# %% [markdown]
# ## What scaling buys
#
# 442 people with diabetes: ten measurements, and how far the disease had progressed a year later. The columns run
# from about 2 (sex) to about 190 (cholesterol). Both walks below use a safe learning rate for their own
# features, one over the largest curvature.
#
# After about twenty steps the scaled walk slows down too. Some of the blood values nearly repeat each other, and with that
# scaling cannot help.

# %%
table = np.loadtxt("data/diabetes.csv", delimiter=",", skiprows=1)
X_train, y_train = table[:300, :10], table[:300, 10]
X_test, y_test = table[300:, :10], table[300:, 10]


def safe_rate(X):
    Z = np.column_stack([X, np.ones(len(X))])
    return 1 / np.linalg.eigvalsh(Z.T @ Z / len(X))[-1]


scaler = Scaler().fit(X_train)
Z_train = scaler.transform(X_train)
raw = fit_gd(X_train, y_train, safe_rate(X_train), 200)
scaled = fit_gd(Z_train, y_train, safe_rate(Z_train), 200)
best = cost(X_train, y_train, *fit_normal(X_train, y_train))

plt.figure(figsize=(5, 2.6))
plt.plot(np.log10(raw[2] - best), label="as measured")
plt.plot(np.log10(scaled[2] - best), label="scaled")
plt.title("log10 of the cost above its minimum, by iteration", fontsize=9)
plt.legend(loc="upper right")
plt.show()
unseen = cost(X_test, y_test, *scaler.to_original(*scaled[:2]))
print(f"least cost on the 300 people fitted: {best:.0f}, cost on 142 others: {unseen:.0f}")
