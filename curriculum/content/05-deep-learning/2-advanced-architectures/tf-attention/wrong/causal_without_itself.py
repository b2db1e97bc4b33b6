# rejects: causal_mask hides the future and nothing else
# because: A position may look at those before it. It may look at itself as well.

# %% id="causal-mask"
def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool).tril(-1)
