"""Qiping 企评: the anonymous enterprise-satisfaction poll of a county and what the county does about it."""

__version__ = "0.1.0"
