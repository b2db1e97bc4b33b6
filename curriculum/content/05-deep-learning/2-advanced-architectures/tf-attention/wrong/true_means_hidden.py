# rejects: Forbidden keys get exactly zero, the allowed ones share the whole
# because: True in a mask hides a key, as in nn.MultiheadAttention. Here it allows it.

# %% id="attention"
def attention(q, k, v, mask=None):
    wide = torch.float32 if q.dtype in (torch.float16, torch.bfloat16) else q.dtype
    logits = (q.to(wide) / math.sqrt(q.shape[-1])) @ k.to(wide).transpose(-2, -1)
    if mask is None:
        weights = torch.softmax(logits, dim=-1)
    else:
        logits = logits.masked_fill(mask, torch.finfo(wide).min)
        weights = torch.softmax(logits, dim=-1).masked_fill(mask, 0.0)
    return (weights @ v.to(wide)).to(q.dtype), weights.to(q.dtype)
