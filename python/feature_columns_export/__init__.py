"""Writes live tf.feature_column objects and their weights as a folder that the npm package feature-columns opens."""
from .export import ExportWarning, Report, export

__all__ = ['ExportWarning', 'Report', 'export']
