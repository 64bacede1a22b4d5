;; Takes an index, a line with its size and then `count term` lines, and answers
;; with that first line and the ten most frequent of the others, as they came.
(module
  (import "caxton" "reply" (func $reply
    (param $performative i32) (param $content i32) (param $len i32)))

  ;; FIPA performatives by their number, see `performative.rs`.
  (global $REQUEST i32 (i32.const 0))
  (global $INFORM i32 (i32.const 3))
  (global $NOT_UNDERSTOOD i32 (i32.const 7))

  (global $TOP i32 (i32.const 10))
  ;; The best lines so far: count, line, its length, where its term starts.
  (global $BEST i32 (i32.const 1024))
  (global $INPUT i32 (i32.const 2048))
  (global $found (mut i32) (i32.const 0))

  (memory (export "memory") 1)
  (data (i32.const 16) "a reporter takes requests")

  ;; Where the host may write a message of that length; 0 when there is no room.
  ;; The answer comes behind it: lines of it.
  (func (export "alloc") (param $len i32) (result i32)
    (local $pages i32)
    (local.set $pages (i32.sub
      (i32.shr_u (i32.add (i32.add (global.get $INPUT)
        (i32.shl (local.get $len) (i32.const 1))) (i32.const 65600)) (i32.const 16))
      (memory.size)))
    (if (i32.gt_s (local.get $pages) (i32.const 0)) (then
      (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then
        (return (i32.const 0))))))
    (global.get $INPUT))

  (func (export "handle") (param $performative i32) (param $at i32) (param $len i32)
    (local $end i32)
    (local $line i32)
    (local $byte i32)
    (local $count i32)
    (local $term i32)
    (local $size i32)
    (local $out i32)
    (local $best i32)
    (if (i32.ne (local.get $performative) (global.get $REQUEST)) (then
      (call $reply (global.get $NOT_UNDERSTOOD) (i32.const 16) (i32.const 25))
      (return)))
    (global.set $found (i32.const 0))
    (local.set $end (i32.add (local.get $at) (local.get $len)))
    (block $done (loop $next_line
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $line (local.get $at))
      (local.set $count (i32.const 0))
      (local.set $term (i32.const 0))
      (block $ended (loop $next_byte
        (br_if $ended (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (br_if $ended (i32.eq (local.get $byte) (i32.const 10)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.eqz (local.get $term)) (then
          (if (i32.eq (local.get $byte) (i32.const 32))
            (then (local.set $term (local.get $at)))
            (else (local.set $count (i32.add
              (i32.mul (local.get $count) (i32.const 10))
              (i32.sub (local.get $byte) (i32.const 48))))))))
        (br $next_byte)))
      (if (local.get $size)
        (then (call $place (local.get $count) (local.get $line)
          (i32.sub (local.get $at) (local.get $line)) (local.get $term)))
        (else (local.set $size (i32.sub (local.get $at) (local.get $line)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next_line)))
    (memory.copy (local.get $end) (global.get $INPUT) (local.get $size))
    (local.set $out (i32.add (local.get $end) (local.get $size)))
    (local.set $best (global.get $BEST))
    (block $done (loop $write
      (br_if $done (i32.eq (local.get $best) (call $slot (global.get $found))))
      (i32.store8 (local.get $out) (i32.const 10))
      (local.set $out (i32.add (local.get $out) (i32.const 1)))
      (memory.copy (local.get $out) (i32.load offset=4 (local.get $best))
        (i32.load offset=8 (local.get $best)))
      (local.set $out (i32.add (local.get $out) (i32.load offset=8 (local.get $best))))
      (local.set $best (i32.add (local.get $best) (i32.const 16)))
      (br $write)))
    (call $reply (global.get $INFORM) (local.get $end)
      (i32.sub (local.get $out) (local.get $end))))

  ;; Puts a line among the best, if it is one.
  (func $place (param $count i32) (param $line i32) (param $len i32) (param $term i32)
    (local $at i32)
    (local.set $at (global.get $found))
    ;; Upwards past everything that it beats.
    (block $stop (loop $up
      (br_if $stop (i32.eqz (local.get $at)))
      (br_if $stop (i32.eqz (call $beats (local.get $count) (local.get $line) (local.get $len)
        (local.get $term) (call $slot (i32.sub (local.get $at) (i32.const 1))))))
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (br $up)))
    (if (i32.ge_u (local.get $at) (global.get $TOP)) (then (return)))
    (if (i32.lt_u (global.get $found) (global.get $TOP)) (then
      (global.set $found (i32.add (global.get $found) (i32.const 1)))))
    (memory.copy (call $slot (i32.add (local.get $at) (i32.const 1)))
      (call $slot (local.get $at))
      (i32.shl (i32.sub (i32.sub (global.get $found) (i32.const 1)) (local.get $at))
        (i32.const 4)))
    (local.set $at (call $slot (local.get $at)))
    (i32.store (local.get $at) (local.get $count))
    (i32.store offset=4 (local.get $at) (local.get $line))
    (i32.store offset=8 (local.get $at) (local.get $len))
    (i32.store offset=12 (local.get $at) (local.get $term)))

  (func $slot (param $index i32) (result i32)
    (i32.add (global.get $BEST) (i32.shl (local.get $index) (i32.const 4))))

  ;; More frequent, or as frequent and before it by its bytes.
  (func $beats (param $count i32) (param $line i32) (param $len i32) (param $term i32)
    (param $other i32) (result i32)
    (local $end i32)
    (local $other_term i32)
    (local $other_end i32)
    (local $a i32)
    (local $b i32)
    (if (i32.ne (local.get $count) (i32.load (local.get $other))) (then
      (return (i32.gt_u (local.get $count) (i32.load (local.get $other))))))
    (local.set $end (i32.add (local.get $line) (local.get $len)))
    (local.set $other_term (i32.load offset=12 (local.get $other)))
    (local.set $other_end (i32.add (i32.load offset=4 (local.get $other))
      (i32.load offset=8 (local.get $other))))
    (loop $bytes
      (if (i32.ge_u (local.get $other_term) (local.get $other_end)) (then
        (return (i32.const 0))))
      (if (i32.ge_u (local.get $term) (local.get $end)) (then
        (return (i32.const 1))))
      (local.set $a (i32.load8_u (local.get $term)))
      (local.set $b (i32.load8_u (local.get $other_term)))
      (if (i32.ne (local.get $a) (local.get $b)) (then
        (return (i32.lt_u (local.get $a) (local.get $b)))))
      (local.set $term (i32.add (local.get $term) (i32.const 1)))
      (local.set $other_term (i32.add (local.get $other_term) (i32.const 1)))
      (br $bytes))
    (unreachable)))
