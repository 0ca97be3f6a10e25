-- What leads.sql and lead_events.sql draw with: a number from 0 to 1 and a choice, the same for the same number.
create macro random_of(n, salt) as (hash(n, salt) >> 11) / 9007199254740992.0;
create macro pick(options, n, salt) as options[1 + (hash(n, salt) % len(options))::int];
