"""The small log that visitors of the pages find, in AppTest and in a real browser."""

from __future__ import annotations

from datetime import datetime

NOW = datetime(2026, 8, 14)
HEADER = "time,user,app,api,status,credits\n"
WEEK = f"""{HEADER}\
2026-08-03T09:00:00Z,Ada,Web,getRecords,200,1000
2026-08-10T08:00:00Z,Ada,Web,getRecords,200,300
2026-08-10T09:00:00Z,Ben,Sync,insertRecords,200,200
2026-08-12T10:00:00Z,Ada,Web,getRecords,200,40
2026-08-13T09:00:00Z,Ben,Sync,getRecords,200,50
2026-08-13T09:30:00Z,Ben,Sync,getRecords,429,0
2026-08-13T16:00:00Z,Ada,Mobile,deleteRecords,200,10
"""
"""Two weeks of two people; in the last 24 hours 60 credits and a refused call."""
