# rejects: padding_mask marks the real keys
# rejects: What stands in the padding has no influence
# because: Positions up to the length are real. They count from zero, so the one numbered `length` is padding.

# %% id="padding-mask"
def padding_mask(lengths):
    lengths = torch.as_tensor(lengths)
    return (torch.arange(int(lengths.max())) <= lengths[:, None])[:, None, :]
