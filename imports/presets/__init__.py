"""How other platforms write their files: one data file for each format, read once."""

from imports.presets.reading import PRESETS, LeftOut, Preset, preset_for, recognized_presets
from imports.presets.tables import PresetTable

__all__ = ["PRESETS", "LeftOut", "Preset", "PresetTable", "preset_for", "recognized_presets"]
