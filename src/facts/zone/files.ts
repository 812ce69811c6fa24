/** Zone files in the format of BIND, which NSD, Knot and PowerDNS read as well. */
export const zoneFile =
  /\.zone$|(^|\/)db\.[\w.-]+\.[a-z]{2,}$|(^|\/)(zones?|bind|named)\/.*\.(db|zone|hosts|[a-z]{2,})$/
