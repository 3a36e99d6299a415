"""What a store is unless told; apart, for those who name it and load no database."""

DEFAULT_URL = "sqlite+aiosqlite:///flowrt.db"
