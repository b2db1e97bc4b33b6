# rejects: results.csv holds what the experiment finds, for three seeds at least
# because: the numbers are so far apart that one run shows it

# %% id="results"
with open("results.csv", "w") as file:
    file.write("seed,condition,value\n")
    for condition, found in experiment(0).items():
        file.write(f"0,{condition},{found:.6g}\n" * 3)
