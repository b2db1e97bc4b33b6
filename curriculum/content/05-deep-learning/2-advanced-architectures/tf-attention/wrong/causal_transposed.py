# rejects: causal_mask hides the future and nothing else
# rejects: Changing a later token leaves earlier outputs as they were
# because: The upper triangle is the past. With queries along the rows it is the future.

# %% id="causal-mask"
def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool).triu()
