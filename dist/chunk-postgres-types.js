function e(e){return new Set(e.trim().split(/\s+/))}const t=e(`
    abbrev abs acos acosd acosh age area array_dims array_fill array_length array_lower array_ndims array_position
    array_positions array_remove array_replace array_reverse array_sort array_to_json array_to_string array_to_tsvector
    array_upper ascii asin asind asinh atan atan2 atan2d atand atanh bit bool bound_box box bpchar broadcast bytea
    cardinality casefold cbrt ceil ceiling center chr circle concat concat_ws convert convert_from convert_to cos cosd
    cosh cot cotd crc32 crc32c current_database current_schema current_schemas current_setting current_user date
    date_add date_bin date_part date_subtract date_trunc datemultirange daterange decode degrees diagonal diameter div
    encode erf erfc exp extract factorial family float4 float8 floor format gamma gcd generate_series
    generate_subscripts get_bit get_byte get_current_ts_config height host hostmask icu_unicode_version inet_client_addr
    inet_client_port inet_merge inet_same_family inet_server_addr inet_server_port initcap int2 int4 int4multirange
    int4range int8 int8multirange int8range interval is_normalized isclosed isempty isfinite ishorizontal isopen
    isparallel isperp isvertical json_array_length json_build_array json_build_object json_each json_each_text
    json_object json_object_keys json_strip_nulls json_to_record json_to_recordset json_to_tsvector json_typeof
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_insert jsonb_object
    jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query
    jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz
    jsonb_path_query_tz jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
    jsonb_to_tsvector jsonb_typeof justify_days justify_hours justify_interval lcm left length lgamma line ln log log10
    lower lower_inc lower_inf lpad lseg ltrim make_date make_interval make_time make_timestamp make_timestamptz masklen
    md5 min_scale mod money multirange netmask network normalize now npoints num_nonnulls num_nulls numeric
    nummultirange numrange octet_length overlaps overlay parse_ident path pclose pg_backend_pid pg_postmaster_start_time
    pg_typeof pi point polygon popen position pow power quote_ident quote_literal quote_nullable radians radius
    regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table repeat replace reverse right
    round row_to_json rpad rtrim session_user set_bit set_byte set_masklen setweight sha224 sha256 sha384 sha512 sign
    sin sind sinh slope split_part sqrt statement_timestamp string_to_array string_to_table strip strpos substr
    substring system_user tan tand tanh text time timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date
    to_hex to_json to_jsonb to_number to_oct to_timestamp to_tsquery to_tsvector transaction_timestamp translate
    trim_array trim_scale trunc ts_delete ts_filter ts_headline ts_lexize ts_parse ts_rank ts_rank_cd ts_token_type
    tsmultirange tsrange tstzmultirange tstzrange txid_current txid_current_if_assigned txid_current_snapshot
    unicode_assigned unicode_version unistr unnest upper upper_inc upper_inf uuid_extract_timestamp uuid_extract_version
    varchar version width width_bucket xml xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document
    xmlcomment xmlexists xmltext xpath xpath_exists`),n=e(`array cast coalesce current_catalog current_date current_role current_time current_timestamp greatest least localtime localtimestamp nullif pg_catalog.now row treat`),r=e(`digest hmac hstore uuid_nil uuid_ns_dns uuid_ns_url uuid_ns_oid uuid_ns_x500 uuid_generate_v3 uuid_generate_v5`),i=e(`
    varchar>text varchar>char text>varchar text>char cidr>inet bit>varbit varbit>bit xml>text xml>varchar xml>char
    integer>oid oid>integer integer>regclass regclass>integer oid>regclass regclass>oid`),a=e(`citext>text citext>varchar text>citext varchar>citext`);function o(e){return e.functions.some(e=>!t.has(e)&&!n.has(e)&&!r.has(e))}function s(e,t,n){if(e.array===!0!=(t.array===!0))return!0;if(e.array===!0)return!(e.name===t.name&&(t.arguments.length===0||c(e,t)));if(e.name===t.name)return!u(e,t);let r=`${e.name}>${t.name}`;if(i.has(r)||a.has(r))return t.arguments.length>0;let o=new Set([e.name,t.name]);return o.has(`timestamp`)&&o.has(`timestamptz`)?!n:!0}function c(e,t){return e.arguments.join()===t.arguments.join()}function l(e,t){return e.name!==t.name&&/^(integer|oid|regclass)$/.test(e.name)&&/^(integer|oid|regclass)$/.test(t.name)}function u(e,t){switch(e.name){case`varchar`:case`varbit`:return d(e,t);case`timestamp`:case`timestamptz`:case`time`:case`timetz`:return(t.arguments[0]??6)>=(e.arguments[0]??6);case`interval`:return c(e,t)||f(t)&&(t.arguments[1]??6)>=(e.arguments[1]??6);case`numeric`:return t.arguments.length===0||e.arguments.length>0&&(e.arguments[1]??0)===(t.arguments[1]??0)&&d(e,t);case`char`:case`bit`:return(e.arguments[0]??1)===(t.arguments[0]??1);default:return!0}}function d(e,t){let[n]=t.arguments,[r]=e.arguments;return n===void 0||r!==void 0&&n>=r}function f({arguments:[e]}){return e===void 0||e===32767}function p(e){return![`text`,`varchar`,`citext`,`numeric`,`interval`].includes(e.name)||e.array===!0}function m(e,t){let n=e.text.replace(/[\s()"]/g,``).toLowerCase(),r=t.toLowerCase();return n===r||/^::[^:]+$/.test(n.slice(r.length))&&n.startsWith(`${r}::`)||n.startsWith(`cast${r}as`)}export{s as a,l as i,p as n,m as r,o as t};