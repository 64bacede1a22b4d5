// Generated from the declarations in the code: change those, then write it again with `catalog generate`.
// k6 run load.js                      up to 200 users, by hand
// k6 run -e BENCHMARK=1 load.js       100 users, as the job does every night

import http from 'k6/http';
import { check, sleep } from 'k6';

const BASE = __ENV.BASE_URL || "http://caxton:9464";

const benchmark = {
  executor: 'constant-vus',
  vus: 100,
  duration: '300s',
};

const load = {
  executor: 'ramping-vus',
  startVUs: 0,
  stages: [
    { duration: '2m', target: 100 },
    { duration: '5m', target: 100 },
    { duration: '2m', target: 200 },
    { duration: '5m', target: 200 },
    { duration: '2m', target: 0 },
  ],
};

export const options = {
  scenarios: __ENV.BENCHMARK ? { benchmark } : { load },
  // Where the objectives of the program's HTTP metrics fail, this fails too.
  thresholds: {
    http_req_duration: ["p(95)<500"],
    http_req_failed: ["rate<0.01"],
  },
};

export default function () {
  check(
    http.request("GET", BASE + "/health", null, { tags: { name: "GET /health" } }),
    { ["GET /health"]: (response) => response.status >= 200 && response.status < 300 },
  );
  sleep(1);
}
