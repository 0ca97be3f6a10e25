-- Numbers that look random and follow from the variable `seed`, a salt (what is drawn) and an id
-- (for which row; a whole number from 0). Whole-number arithmetic on 32 bits, after Wellons' lowbias32
-- less its last step: DuckDB's own hash() may change with its version, and md5 is twenty times slower.

create macro fold(x, bits) as xor(x, x >> bits);
create macro last_32_bits(x) as x::ubigint & 4294967295;
create macro mixed(x) as last_32_bits(
    fold(last_32_bits(fold(last_32_bits(x), 16) * 2146121005), 15) * 2221713035
);
create macro salted(salt) as last_32_bits(md5_number_lower(getvariable('seed') || ' ' || salt));

-- Uniform in [0, 1).
create macro draw(id, salt) as mixed(
    xor(last_32_bits(id) * (salted(salt) | 1), salted('offset of ' || salt))
) / 4294967296.0::double;

-- Standard normal (Box and Muller).
create macro normal(id, salt) as
    sqrt(-2 * ln(1 - draw(id, salt || ', radius'))) * cos(2 * pi() * draw(id, salt || ', angle'));

create macro logistic(x) as 1 / (1 + exp(-x));

-- The member of a list that lies at a share (in [0, 1)) of its length; a drawn member; a drawn member
-- of one of the lists in 02_choices.sql.
create macro pick(members, share) as members[1 + floor(share * len(members))::int];
create macro one_of(members, id, salt) as pick(members, draw(id, salt));
create macro choose(list_name, id, salt) as pick(getvariable(list_name), draw(id, salt));

-- A value that only a share of the rows has.
create macro known(value, share, id, salt) as if(draw(id, salt) < share, value, null);

-- An interval of so many days, to the second.
create macro days(number) as to_seconds(floor(86400 * number)::bigint);
