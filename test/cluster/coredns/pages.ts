/** What a page of CoreDNS 1.14 holds of one server, shortened; `before17`: as versions before 1.7 called it. */
export const pageOf = (
  counts: {
    readonly noerror: number
    readonly nxdomain?: number
    readonly servfail?: number
    readonly fast?: number
    readonly hits?: number
    readonly misses?: number
  },
  before17 = false,
): string => {
  const { noerror, nxdomain = 0, servfail = 0, hits = 0, misses = 0 } = counts
  const all = noerror + nxdomain + servfail
  const fast = counts.fast ?? all
  const [requests, responses] = before17
    ? ['coredns_dns_request_count_total', 'coredns_dns_response_rcode_count_total']
    : ['coredns_dns_requests_total', 'coredns_dns_responses_total']
  const of = 'server="dns://:53",view="",zone="."'
  return `# HELP ${requests} Counter of DNS requests made per zone, protocol and family.
# TYPE ${requests} counter
${requests}{family="1",proto="udp",${of},type="A"} ${all - 1}
${requests}{family="1",proto="udp",${of},type="AAAA"} 1
${responses}{plugin="",rcode="NOERROR",${of}} ${noerror}
${responses}{plugin="",rcode="NXDOMAIN",${of}} ${nxdomain}
${responses}{plugin="loadbalance",rcode="SERVFAIL",${of}} ${servfail}
coredns_dns_request_duration_seconds_bucket{${of},le="0.00025"} ${fast}
coredns_dns_request_duration_seconds_bucket{${of},le="0.001"} ${fast}
coredns_dns_request_duration_seconds_bucket{${of},le="0.128"} ${all}
coredns_dns_request_duration_seconds_bucket{${of},le="+Inf"} ${all}
coredns_dns_request_duration_seconds_sum{${of}} ${all / 1000}
coredns_dns_request_duration_seconds_count{${of}} ${all}
coredns_cache_hits_total{server="dns://:53",type="success",view="",zones="."} ${hits}
coredns_cache_misses_total{server="dns://:53",view="",zones="."} ${misses}
go_goroutines 40
process_start_time_seconds 1.7e+09
`
}
