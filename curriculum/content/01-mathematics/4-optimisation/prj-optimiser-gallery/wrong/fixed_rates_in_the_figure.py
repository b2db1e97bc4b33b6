# rejects: The gallery draws the paths that the optimisers take
# because: the rates that look best were found by hand, and stayed in the function

# %% id="gallery"
def gallery(rates):
    figure, places = plt.subplots(2, 2)
    best = {"gd": 0.001, "momentum": 0.001, "adagrad": 0.5, "rmsprop": 0.1, "adam": 0.1}
    for axes, (surface, start) in zip(places.flat, STARTS.items(), strict=True):
        for name in OPTIMISERS:
            points = path(name, gradient_of(surface), start, best[name], STEPS)
            axes.plot(points[:, 0], points[:, 1], label=name)
        axes.set_title(surface)
    return figure
