INSERT INTO volunteers_dutyrule (first, second, why) VALUES
    ('protection', 'president', 'The data-protection lead checks what the president decides.'),
    ('protection', 'coordinator', 'The data-protection lead checks what coordinators decide.'),
    ('protection', 'volunteer', 'The data-protection lead reads the log, not what clients say.'),
    ('protection', 'administrator', 'Who runs the machine does not read its log alone.'),
    ('president', 'coordinator', 'The president hears complaints about coordinators.'),
    ('administrator', 'coordinator', 'Who runs the machine reads no client information.'),
    ('administrator', 'volunteer', 'Who runs the machine reads no client information.');
