"""Personal details of patients, masked in their own words before anything is stored.

Rules find what has a form (numbers, addresses, e-mails) and names that stand beside a cue or begin
with a first name that is on a list. They reduce what could tell who wrote; they cannot promise that
nothing does.
"""

from yousaid.ingest.masking.mask import Mask, Masked, MaskKind, mask_text

__all__ = ["Mask", "MaskKind", "Masked", "mask_text"]
