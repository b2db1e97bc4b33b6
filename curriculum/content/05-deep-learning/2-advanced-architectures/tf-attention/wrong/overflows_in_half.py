# rejects: Half precision does not overflow
# because: It is the same whether one divides before or after the product. In float16 the product may be
#   infinite by then.

# %% id="attention"
def attention(q, k, v, mask=None):
    logits = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is None:
        weights = torch.softmax(logits, dim=-1)
    else:
        logits = logits.masked_fill(~mask, torch.finfo(q.dtype).min)
        weights = torch.softmax(logits, dim=-1).masked_fill(~mask, 0.0)
    return weights @ v, weights
