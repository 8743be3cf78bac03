"""Legal holds: reasons for which a record must be kept, placed and released one by one."""
