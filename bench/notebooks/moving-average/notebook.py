# %% [markdown]
# # Moving average

# %%
import numpy as np


# %% id="average"
def moving_average(x, width):
    """Means of `width` neighbours, shape (n - width + 1,). ValueError unless 1 <= width <= n."""
    ### BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    if not 1 <= width <= len(x):
        raise ValueError("width")
    sums = np.cumsum(np.concatenate([[0.0], x]))
    return (sums[width:] - sums[:-width]) / width
    ### END SOLUTION


# %%
moving_average(np.arange(10) ** 2, 3)

# %%
noise = np.random.default_rng(0).normal(size=1000)
print("spread", noise.std().round(3), "→", moving_average(noise, 10).std().round(3))
