# rejects: Three surprises are told with surface, optimiser, figures and a reason
# because: the figure shows it anyway, so the text need only say what one feels

# %% [markdown] id="surprises"
# ## First surprise
#
# On the bowl gd was much worse than I had thought it would be, and then all at once it was gone, which I found rather
# impressive to see in the gallery. I believe that this has to do with the curvature of the bowl, which is large in one
# direction and small in the other, so that there cannot be one rate that suits both.
#
# ## Second surprise
#
# Adam was good on nearly everything, which I did not expect, since it does so much more than the others and has more
# to set. On himmelblau it went straight to a minimum. I think that the noise of the gradients is averaged out by it, and
# that the curvature matters less to it than to the others.
#
# ## Third surprise
#
# Momentum overshoots on rosenbrock, then comes back, and goes on along the valley. I had imagined that it would stay in
# the valley all the time. The curvature across the valley is very large, and momentum does not forget quickly where it
# came from, so it swings from one side to the other before it settles down in the end.
