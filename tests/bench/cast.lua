-- Sends each sealed ballot of a file once: records of 66 hexadecimal digits and a body of fixed size.
local threads = 0
function setup(thread)
  thread:set("place", threads)
  threads = threads + 1
end
function init(args)
  local file = assert(io.open(args[1], "rb"))
  data = file:read("*a")
  file:close()
  size, path, step = tonumber(args[2]), args[3], tonumber(args[4])
  count = math.floor(#data / size)
  next_one = place
end
function request()
  local start = (next_one % count) * size
  next_one = next_one + step
  return wrk.format("PUT", path .. string.sub(data, start + 1, start + 66), nil, string.sub(data, start + 67, start + size))
end
