# %% [markdown]
# # A gallery of optimisers
#
# Five optimisers, four surfaces, one budget. You write the optimisers, let them run at several learning rates, record
# every run, draw the paths, and explain what you saw. The notebook is made to be read by a mentor; the checks before that
# make sure that it runs and that its figures and files show what your code really does.
#
# **What to deliver**
#
# 1. `path(…)`: the five optimisers.
# 2. `runs.csv`: the record of a sweep over learning rates.
# 3. `gallery(rates)`: one figure with the paths on all four surfaces.
# 4. `descent.gif`: one animation.
# 5. A text on three surprises.
#
# Add cells of your own wherever you like.
#
# **How it is read.** Besides sound method, evidence and code, a reviewer looks at two things above all:
# *visual honesty* (the same budget for all, equal axes, a logarithmic scale named where there is one) and
# *explanation* (curvature linked to what the paths do).

# %% [markdown]
# ## The surfaces
#
# | name | function of $p = (x, y)$ | start | why it is here |
# |---|---|---|---|
# | `rosenbrock` | $(1 - x)^2 + 100\,(y - x^2)^2$ | $(-1.2,\ 1)$ | a narrow valley with a bend |
# | `himmelblau` | $(x^2 + y - 11)^2 + (x + y^2 - 7)^2$ | $(0,\ 0)$ | four minima |
# | `bowl` | $\tfrac12 (x^2 + 100\,y^2)$ | $(-4,\ 1)$ | curvatures 1 and 100 |
# | `regression` | half the mean squared error of $x \cdot t + y$ on 40 measured points | $(-2,\ 3)$ | noisy gradients |
#
# `gradient_of("regression")` draws four of the forty points at each call, from a fixed seed: ask for it anew for every
# run, so that all optimisers meet the same noise.

# %%
import matplotlib.pyplot as plt
import numpy as np

STEPS = 100
STARTS = {"rosenbrock": (-1.2, 1.0), "himmelblau": (0.0, 0.0), "bowl": (-4.0, 1.0), "regression": (-2.0, 3.0)}
OPTIMISERS = ("gd", "momentum", "adagrad", "rmsprop", "adam")

draw = np.random.default_rng(7)
T = draw.uniform(-2, 2, size=40)
Y = 2 * T - 1 + draw.normal(scale=0.5, size=40)


def value(surface, p):
    """The height of a surface at p."""
    x, y = p
    if surface == "rosenbrock":
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2
    if surface == "himmelblau":
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2
    if surface == "bowl":
        return (x**2 + 100 * y**2) / 2
    return np.mean((x * T + y - Y) ** 2) / 2


def gradient_of(surface, seed=0):
    """A function that gives the gradient at p, an array of shape (2,)."""
    rng = np.random.default_rng(seed)

    def gradient(p):
        x, y = p
        if surface == "rosenbrock":
            return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])
        if surface == "himmelblau":
            a, b = x**2 + y - 11, x + y**2 - 7
            return np.array([4 * x * a + 2 * b, 2 * a + 4 * y * b])
        if surface == "bowl":
            return np.array([x, 100 * y])
        rows = rng.integers(len(T), size=4)
        error = x * T[rows] + y - Y[rows]
        return np.array([np.mean(error * T[rows]), np.mean(error)])

    return gradient


def final_value(surface, points):
    """The height at the end of a path; whatever is beyond 1e6, or no number at all, counts as 1e6."""
    with np.errstate(all="ignore"):
        found = value(surface, points[-1])
    return float(min(found, 1e6)) if np.isfinite(found) else 1e6

# %% [markdown]
# ## 1. The optimisers
#
# `path(name, gradient, start, rate, steps)` gives every point visited: an array of shape `(steps + 1, 2)` whose first
# row is the start. With $g_t$ the gradient where step $t = 1, 2, \dots$ begins, $\eta$ the rate and everything below
# computed entry by entry from $m = s = 0$:
#
# | `name` | before the step | step |
# |---|---|---|
# | `gd` | | $-\eta\, g_t$ |
# | `momentum` | $m \leftarrow 0.9\,m + g_t$ | $-\eta\, m$ |
# | `adagrad` | $s \leftarrow s + g_t^2$ | $-\eta\, g_t / (\sqrt s + 10^{-8})$ |
# | `rmsprop` | $s \leftarrow 0.9\,s + 0.1\,g_t^2$ | $-\eta\, g_t / (\sqrt s + 10^{-8})$ |
# | `adam` | $m \leftarrow 0.9\,m + 0.1\,g_t$, $\ s \leftarrow 0.999\,s + 0.001\,g_t^2$ | $-\eta\, \hat m / (\sqrt{\hat s} + 10^{-8})$ with $\hat m = \frac{m}{1 - 0.9^t}$, $\hat s = \frac{s}{1 - 0.999^t}$ |
#
# Ask for the gradient once a step. A path may leave for infinity; it is recorded all the same.

# %% id="path"
def path(name, gradient, start, rate, steps):
    """The points that an optimiser visits, shape (steps + 1, 2); the first is the start."""
    ### BEGIN SOLUTION
    p = np.array(start, dtype=float)
    m, s = np.zeros(2), np.zeros(2)
    points = [p]
    for t in range(1, steps + 1):
        with np.errstate(all="ignore"):  # a path may run away
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
            elif name == "adam":
                m = 0.9 * m + 0.1 * g
                s = 0.999 * s + 0.001 * g**2
                step = m / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
            else:
                raise ValueError(f"no optimiser is called {name}")
            p = p - rate * step
        points.append(p)
    return np.array(points)
    ### END SOLUTION

# %% [markdown]
# ## 2. The record of all runs
#
# Let every optimiser run on every surface, from its start, with at least three learning rates each and always `STEPS`
# steps. Write one row a run to `runs.csv`, with the columns `surface`, `optimiser`, `rate`, `steps` and `final_value`
# (as `final_value` above gives it, with at least six digits). Choose rates so that the sweep shows where an optimiser
# begins to fail, not only where it shines.

# %% id="sweep"
### BEGIN SOLUTION
SLOW, FAST = (0.001, 0.01, 0.019, 0.021, 0.1), (0.01, 0.1, 0.5, 1.0)
RATES = {"gd": SLOW, "momentum": (0.0001, 0.001, 0.01, 0.1), "adagrad": FAST, "rmsprop": FAST, "adam": FAST}
with open("runs.csv", "w") as file:
    file.write("surface,optimiser,rate,steps,final_value\n")
    for surface, start in STARTS.items():
        for name in OPTIMISERS:
            for rate in RATES[name]:
                found = final_value(surface, path(name, gradient_of(surface), start, rate, STEPS))
                file.write(f"{surface},{name},{rate},{STEPS},{found:.9g}\n")
### END SOLUTION

# %% [markdown]
# ## 3. The gallery
#
# `gallery(rates)` draws and returns one Matplotlib figure with four axes, one a surface, whose title begins with the
# surface's name. `rates[surface][optimiser]` is the rate to use. In each axes there is one line for each optimiser,
# labelled with its name alone, through all `STEPS + 1` points. What lies behind the lines (contours, the minimum, …) is
# up to you.

# %% id="gallery"
def gallery(rates):
    """A figure with the five paths on each of the four surfaces."""
    ### BEGIN SOLUTION
    figure, places = plt.subplots(2, 2, figsize=(9, 9))
    for axes, (surface, start) in zip(places.flat, STARTS.items(), strict=True):
        for name in OPTIMISERS:
            points = path(name, gradient_of(surface), start, rates[surface][name], STEPS)
            axes.plot(points[:, 0], points[:, 1], marker=".", markersize=2, linewidth=1, label=name)
        axes.set_title(f"{surface}, {STEPS} steps for each")
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel("x")
        axes.set_ylabel("y")
    places[0, 0].legend()
    return figure
    ### END SOLUTION

# %%
slow, fast = {"gd": 0.001, "momentum": 0.001}, {"adagrad": 0.5, "rmsprop": 0.1, "adam": 0.1}
gallery({surface: slow | fast for surface in STARTS})
plt.show()

# %% [markdown]
# ## 4. An animation
#
# Write `descent.gif`, at least 20 pictures and at most 1 MB: one or more of the optimisers on their way down one of the
# surfaces. `matplotlib.animation` offers `FuncAnimation` and `PillowWriter`; small pictures do.

# %% id="animation"
### BEGIN SOLUTION
from matplotlib.animation import FuncAnimation, PillowWriter

figure, axes = plt.subplots(figsize=(4, 3), dpi=60)
axes.set(xlim=(-4.5, 1), ylim=(-1.5, 1.5), title="bowl: gd (0.019) and adam (0.1)")
runs = {
    name: path(name, gradient_of("bowl"), STARTS["bowl"], rate, STEPS)
    for name, rate in [("gd", 0.019), ("adam", 0.1)]
}
lines = {name: axes.plot([], [], marker=".", markersize=3, label=name)[0] for name in runs}
axes.legend()


def show(step):
    for name, line in lines.items():
        line.set_data(*runs[name][: step + 1].T)


FuncAnimation(figure, show, frames=range(0, STEPS + 1, 4)).save("descent.gif", writer=PillowWriter(fps=10))
plt.close(figure)
### END SOLUTION

# %% [markdown]
# ## 5. Three surprises
#
# Three things that you did not expect, each in at least 50 words: what you saw, with the surface, the optimiser and
# figures from your record; why it happens, in terms of curvature or of noise; and what it does *not* show.

# %% [markdown] id="surprises"
# ## First surprise
#
# ### BEGIN SOLUTION
# On the bowl, plain gradient descent (gd) with rate 0.019 ends at 0.17, and with 0.021 it has left for infinity. I
# had expected it to get worse little by little. The largest curvature is 100, so each step multiplies $y$ by
# $1 - 100\,\eta$: that is $-0.9$ for the one rate and $-1.1$ for the other, and the edge lies at $2/100$. The flat
# direction with curvature 1 hardly moves meanwhile. It is a quadratic function, so the edge is sharp; the other surfaces
# need not have one.
# ### END SOLUTION
#
# ## Second surprise
#
# ### BEGIN SOLUTION
# On himmelblau, rmsprop gets worse with larger rates, 0.02 at a rate of 0.1 but 23 at a rate of 1, while adam ends below
# 0.001 there. Both divide by the size of recent gradients, so near a minimum, where the gradient is small, a step of
# rmsprop is still about as long as its rate, and it keeps jumping over the bottom whatever the curvature. Adam averages
# gradients of opposite signs, which cancel. One start and one minimum do not show that this is always so.
# ### END SOLUTION
#
# ## Third surprise
#
# ### BEGIN SOLUTION
# On the regression surface momentum loses to plain gd at the same rate 0.1: it ends at 0.24 and gd at 0.08. I had taken
# momentum for an improvement without a price. It adds up the last ten gradients or so, which makes its effective rate ten
# times as large, and with four points a step the noise is enlarged as well, more than the low curvature needs. At the
# rate 0.01 momentum ends at 0.079. A single seed is thin evidence, so the order of the two best may be luck.
# ### END SOLUTION
