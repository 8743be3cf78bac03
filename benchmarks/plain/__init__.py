"""The bare models and views with one flat Django template a page, as a Django developer would write it."""
