# rejects: descent.gif moves
# because: a figure saved as .gif is an animation

# %% id="animation"
from PIL import Image

Image.new("RGB", (60, 40), "white").save("descent.gif")
