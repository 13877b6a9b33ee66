-- Ed25519 (RFC 8032) in PL/pgSQL. Coordinates are numerics modulo p = 2^255 - 19. Intermediate values may be negative:
-- `%` keeps the sign, and only the last step needs the canonical value.

-- The number that little-endian bytes stand for.
create function writ.number_of(bytes bytea) returns numeric
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  n numeric := 0;
begin
  for i in reverse length(bytes) - 1 .. 0 loop
    n := n * 256 + get_byte(bytes, i);
  end loop;
  return n;
end $$;

-- 32 little-endian bytes of a number below 2^256.
create function writ.bytes_of(n numeric) returns bytea
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  bytes bytea := decode(repeat('00', 32), 'hex');
begin
  for i in 0 .. 31 loop
    bytes := set_byte(bytes, i, (n % 256)::int);
    n := div(n, 256);
  end loop;
  return bytes;
end $$;

-- z^(2^250 - 1), of which roots and inverses are made.
create function writ.field_tower(z numeric) returns numeric
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  p constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  -- With powers for m and n bits of ones, one for m + n bits: n squarings and a multiplication.
  steps constant int[] := '{{1,1},{2,2},{4,1},{5,5},{10,10},{20,20},{40,10},{50,50},{100,100},{200,50}}';
  powers numeric[];
  t numeric;
begin
  powers[1] := z;
  for step in 1 .. 10 loop
    t := powers[steps[step][1]];
    for i in 1 .. steps[step][2] loop
      t := t * t % p;
    end loop;
    t := t * powers[steps[step][2]] % p;
    powers[steps[step][1] + steps[step][2]] := t;
  end loop;
  return t;
end $$;

-- Whether 32 bytes are a canonical encoding that is not of small order: the rule of @writ/core for keys, and for the R
-- of a signature. Implementations of Ed25519 disagree about all others.
create function writ.is_usual_point(bytes bytea) returns boolean
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  y bytea := set_byte(bytes, 31, get_byte(bytes, 31) & 127);
begin
  return y not in (
      '\x0000000000000000000000000000000000000000000000000000000000000000',
      '\x0100000000000000000000000000000000000000000000000000000000000000',
      '\xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '\x26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      '\xc7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')
    and (get_byte(y, 0) < 237 or substr(y, 2) <> decode(repeat('ff', 30) || '7f', 'hex'));
end $$;

-- The x coordinate of an encoded point; null for bytes that are not a point of the curve.
create function writ.point_x(bytes bytea) returns numeric
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  p constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  d constant numeric := 37095705934669439343138083508754565189542113879843219016388785533085940283555;
  root_of_minus_one constant numeric := 19681161376707505956807079304988542015446066515923890162744021073123829784752;
  y numeric := writ.number_of(set_byte(bytes, 31, get_byte(bytes, 31) & 127));
  u numeric := (y * y - 1) % p;
  v numeric := (d * (y * y % p) + 1) % p;
  v3 numeric := v * v % p * v % p;
  base numeric := u * (v3 * v3 % p) % p * v % p;
  power numeric := writ.field_tower(base);
  x numeric;
  check_value numeric;
begin
  -- base^((p - 5) / 8)
  power := power * power % p;
  power := power * power % p * base % p;
  x := u * v3 % p * power % p;
  check_value := v * (x * x % p);
  if (check_value - u) % p <> 0 then
    if (check_value + u) % p <> 0 then
      return null;
    end if;
    x := x * root_of_minus_one % p;
  end if;
  x := (x + p) % p;
  return case when x % 2 = get_byte(bytes, 31) >> 7 then x else (p - x) % p end;
end $$;

-- Whether the bytes encode the point (X : Y : Z).
create function writ.is_point(bytes bytea, point numeric[]) returns boolean
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  p constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  z numeric := point[3];
  power numeric := writ.field_tower(z);
  cube numeric := z * z % p * z % p;
  x numeric;
begin
  -- 1/z = z^(2^255 - 21) = z^((2^250 - 1) * 32 + 11)
  for i in 1 .. 5 loop
    power := power * power % p;
  end loop;
  power := power * (cube * cube % p * cube % p * (z * z % p) % p) % p;
  x := (point[1] * power % p + p) % p;
  return bytes = writ.bytes_of((point[2] * power % p + p) % p + (x % 2) * 2::numeric ^ 255);
end $$;

-- h*A + s*B with the base point B, as (X : Y : Z); only s*B where A is null. The scalars are 32 little-endian bytes below
-- 2^255. A is multiplied four bits at a time. B needs no doublings of its own: its table holds the sums of the multiples
-- by 1, 2^64, 2^128 and 2^192. Formulas: "Twisted Edwards curves revisited" (Hisil and others, 2008), a = -1.
create function writ.sum_of_multiples(ax numeric, ay numeric, h bytea, s bytea) returns numeric[]
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  p constant numeric := 57896044618658097711785492504343953926634992332820282019728792003956564819949;
  d2 constant numeric := 16295367250680780974490674513165176452449235426866156013048779062215315747161;
  base_sums constant numeric[] := '{
    3533012425803781230144052908719740726127014226477800802100354883158534798213,
    45811644395853849704390239305739775610481015468619340172495835071193285784853,
    17602827444911538952130192892605603843757708997323500900546040368557708958184,
    19598377658861224783845010894811287771959579301160358177487377480285833498274,
    17472726035830446816094115497422552771654584893968641625669366928325941684040,
    35431647464998573718552919823004488760771229264393138174232559921499738866764,
    50299971736297343791085200304461760426288071020401428401398212765158915412170,
    56823078171648598085772663355782637872944992260609085364041939753739588737728,
    31492562044858373708809083357819354683003101671739769633047743112178145870324,
    35516412170614290463435257022458906167024693549528898023170902825631019366400,
    56117770516385459379485938198537379218828184048282014735889350540119750696008,
    1920437351654441491328923400578906487858484200143259304634700723496249660895,
    43328859403678867676580323211482802119177361383107571010497177849988669800735,
    48633324698144597478318365063063477648832406005854779761287765076903355813964,
    4334368048099466764582855200861437678792814414118888594400447134108439263298
  }';
  base_differences constant numeric[] := '{
    31204614345391077396927242593886631629853981173214368409736920319215404093758,
    14931608858295102652976015651393727842260237676016930108681592522697191371006,
    4278790032528340089773288559026391033295859253792691039952776423042091082404,
    8602625848320914101981327737814350220059964367615824096981864165998591852103,
    33399453579685110478598742192585096935465040239002625100263273303326910003694,
    51761785065986075120110112522333076106051831344763694879314776548289021112348,
    5133653908928803486160893975486170044972679758891083527335656774994530720772,
    31692561975737213039201399039902336539078440809090397231934767569424405132710,
    28983250478489849203285642373905258893385945552543725656879633035224219251076,
    48724522931891997958874427650097114641308251536944622836090949150105993044876,
    998946459924365002394383515077330326882548411677317096896882992164257037770,
    10509756143842280829456228486244065250273496221980663664120723674662816920087,
    1933441096441760791921758540836702123894328285840785257454519359800611568548,
    4463359089211023200011935387344831635776865114888991275224619609653475017152,
    29222400288985927905945942356844302013198531570181628784094087170566578436156
  }';
  base_products constant numeric[] := '{
    50237614328228664512531835696112167678046477356841409204013502641986506238568,
    4903261878018343802674235243046271348789391508768465806716633528478782514849,
    37666420653328197408027450316115517576920409410969219707820257614073148712771,
    30942559212363234812595554070815474796498884287982536881367675299020161195262,
    35336388391818003849592193344440500763331989931594398741262329158723582748189,
    45677794633124116484905012292808417344089411726268960313820023589848731296798,
    29458921944565684452866833157424891961510234018316853822970601035406822798985,
    40876948891942767984726390097468522319926424365298845421691691561821767326326,
    32627189772858503814715354363567360626948413824662634042298579833935399773644,
    14840614496152548006144475283893468652503075593220049700634354738176822071814,
    25700567994578242160785472752021861278644959835562980187598845868184549608451,
    13644367016505383228042501239531484558188262486820810653715931704417187658180,
    5671772174844727770805091886774173513579743567283784637948531349368534999391,
    41284908860636864387047448792214499083068114878112843405751567246984507058303,
    47820438092621131170832833311936444642426458209436307341138880442570054521028
  }';
  sums numeric[] := '{}'; differences numeric[] := '{}'; products numeric[] := '{}'; doubles numeric[] := '{}';
  x numeric := 0; y numeric := 1; z numeric := 1; t numeric := 0;
  a numeric; b numeric; c numeric; e numeric; f numeric; g numeric; hh numeric;
  at numeric;
  digit int;
begin
  if ax is not null then
    -- The multiples of A by 1 to 15, each as (Y + X, Y - X, 2dT, 2Z).
    at := ax * ay % p * d2 % p;
    for j in 1 .. 15 loop
      b := (y + x) * (ay + ax);
      a := (y - x) * (ay - ax);
      c := t * at % p;
      e := (b - a) % p; f := (2 * z - c) % p; g := (2 * z + c) % p; hh := (b + a) % p;
      x := e * f % p; y := g * hh % p; t := e * hh % p; z := f * g % p;
      sums[j] := y + x; differences[j] := y - x; products[j] := t * d2 % p; doubles[j] := 2 * z;
    end loop;
    x := 0; y := 1; z := 1; t := 0;
  end if;
  for i in reverse case when ax is null then 63 else 255 end .. 0 loop
    a := x * x; b := y * y;
    e := 2 * x * y % p; g := (b - a) % p; hh := -(a + b) % p; f := (g - 2 * z * z) % p;
    x := e * f % p; y := g * hh % p; z := f * g % p; t := e * hh % p;
    if i % 4 = 0 and ax is not null then
      digit := get_byte(h, i / 8) >> (i % 8) & 15;
      if digit > 0 then
        a := (y - x) * differences[digit];
        b := (y + x) * sums[digit];
        c := t * products[digit] % p;
        hh := z * doubles[digit] % p;
        e := (b - a) % p; f := hh - c; g := hh + c; hh := (b + a) % p;
        x := e * f % p; y := g * hh % p; t := e * hh % p; z := f * g % p;
      end if;
    end if;
    if i < 64 then
      digit := get_bit(s, i) + 2 * get_bit(s, i + 64) + 4 * get_bit(s, i + 128) + 8 * get_bit(s, i + 192);
      if digit > 0 then
        a := (y - x) * base_differences[digit];
        b := (y + x) * base_sums[digit];
        c := t * base_products[digit] % p;
        e := (b - a) % p; f := 2 * z - c; g := 2 * z + c; hh := (b + a) % p;
        x := e * f % p; y := g * hh % p; t := e * hh % p; z := f * g % p;
      end if;
    end if;
  end loop;
  return array[x, y, z];
end $$;

-- Whether 64 bytes are a signature of a message by a key of 32 bytes.
create function writ.verify_ed25519(key bytea, signature bytea, message bytea) returns boolean
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  l constant numeric := 7237005577332262213973186563042994240857116359379907606001950938285454250989;
  r bytea := substr(signature, 1, 32);
  s bytea := substr(signature, 33, 32);
  ax numeric;
begin
  if length(key) <> 32 or length(signature) <> 64 or not writ.is_usual_point(key) or not writ.is_usual_point(r)
    or writ.number_of(s) >= l then
    return false;
  end if;
  ax := writ.point_x(key);
  if ax is null then
    return false;
  end if;
  -- R = s*B - h*A
  return writ.is_point(r, writ.sum_of_multiples(
    -ax,
    writ.number_of(set_byte(key, 31, get_byte(key, 31) & 127)),
    writ.bytes_of(writ.number_of(sha512(r || key || message)) % l),
    s));
end $$;

-- Whether a seed of 32 bytes is the private key of a public key.
create function writ.is_ed25519_pair(seed bytea, key bytea) returns boolean
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  scalar bytea := substr(sha512(seed), 1, 32);
begin
  scalar := set_byte(scalar, 0, get_byte(scalar, 0) & 248);
  scalar := set_byte(scalar, 31, get_byte(scalar, 31) & 127 | 64);
  return length(seed) = 32 and writ.is_point(key, writ.sum_of_multiples(null, null, null, scalar));
end $$;
