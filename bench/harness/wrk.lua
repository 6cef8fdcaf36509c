-- Requests the targets given as host and path pairs in turn, and prints what wrk counted as one JSON line.
function init(arguments)
  if #arguments == 2 then -- without a request function wrk repeats one static text, which is cheapest
    wrk.headers["Host"], wrk.path = arguments[1], arguments[2]
    return
  end
  local texts, turn = {}, 0
  for i = 1, #arguments, 2 do
    wrk.headers["Host"] = arguments[i]
    texts[#texts + 1] = wrk.format("GET", arguments[i + 1])
  end
  request = function()
    turn = turn % #texts + 1
    return texts[turn]
  end
end

function done(summary, latency)
  local e = summary.errors
  print(string.format(
    'JSON {"requests": %d, "seconds": %.6f, "bytes": %d, "failed": %d, "not_2xx": %d, "p50_us": %d, "p99_us": %d}',
    summary.requests, summary.duration / 1e6, summary.bytes, e.connect + e.read + e.write + e.timeout, e.status,
    latency:percentile(50), latency:percentile(99)))
end
