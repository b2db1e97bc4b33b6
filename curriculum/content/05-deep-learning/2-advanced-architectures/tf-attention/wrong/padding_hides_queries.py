# rejects: padding_mask marks the real keys
# because: Rows of padding are hidden. The mask must hide keys, the last dimension; queries that are padding
#   are harmless.

# %% id="padding-mask"
def padding_mask(lengths):
    lengths = torch.as_tensor(lengths)
    return (torch.arange(int(lengths.max())) < lengths[:, None])[:, :, None]
