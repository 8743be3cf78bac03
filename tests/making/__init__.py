"""What tests of several folders share, by matter: people, clients, spaces, complaints, logs, servers and so on.

What the tests of one folder alone share lies beside them. No test imports from another test.
"""
