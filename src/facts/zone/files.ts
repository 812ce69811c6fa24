/** Zone files in the format of BIND, which NSD, Knot and PowerDNS read as well. */
export const zoneFile =
  /\.zone$|(^|\/)db\.[\w.-]+\.[a-z]{2,}$|(^|\/)(zones?|bind|named)\/.*\.(db|zone|hosts|[a-z]{2,})$/

/** A record that says whose mail is taken: SPF or DMARC. */
export const mailRecord = /v=(?:spf1\s|DMARC1\s*\\?;)/i
