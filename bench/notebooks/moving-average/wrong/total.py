# rejects: Means are right
# because: sums are not means

# %% id="average"
def moving_average(x, width):
    if not 1 <= width <= len(x):
        raise ValueError("width")
    return np.convolve(x, np.ones(width), mode="valid")
