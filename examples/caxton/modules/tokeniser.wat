;; Makes text into lower-case terms of four characters and more, one a line,
;; and hands them to the indexer. ASCII letters and digits and every character
;; above U+00BF belong to terms, but those of U+2000 to U+2FFF, which are
;; punctuation, arrows and boxes.
(module
  (import "caxton" "send" (func $send (param $to i32) (param $to_len i32)
    (param $performative i32) (param $content i32) (param $len i32)))
  (import "caxton" "reply" (func $reply
    (param $performative i32) (param $content i32) (param $len i32)))

  ;; FIPA performatives by their number, see `performative.rs`.
  (global $REQUEST i32 (i32.const 0))
  (global $NOT_UNDERSTOOD i32 (i32.const 7))

  (global $MIN_CHARACTERS i32 (i32.const 4))
  (global $INPUT i32 (i32.const 1024))

  (memory (export "memory") 1)
  (data (i32.const 0) "indexer")
  (data (i32.const 16) "a tokeniser takes requests")

  ;; Where the host may write a message of that length; 0 when there is no room.
  ;; The terms come behind it and are no longer than it, and one line end.
  (func (export "alloc") (param $len i32) (result i32)
    (local $pages i32)
    (local.set $pages (i32.sub
      (i32.shr_u (i32.add (i32.add (global.get $INPUT)
        (i32.shl (local.get $len) (i32.const 1))) (i32.const 65536)) (i32.const 16))
      (memory.size)))
    (if (i32.gt_s (local.get $pages) (i32.const 0)) (then
      (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then
        (return (i32.const 0))))))
    (global.get $INPUT))

  (func (export "handle") (param $performative i32) (param $at i32) (param $len i32)
    (local $end i32)
    (local $terms i32)
    (local $out i32)
    (local $term i32)
    (local $characters i32)
    (local $byte i32)
    (if (i32.ne (local.get $performative) (global.get $REQUEST)) (then
      (call $reply (global.get $NOT_UNDERSTOOD) (i32.const 16) (i32.const 26))
      (return)))
    (local.set $end (i32.add (local.get $at) (local.get $len)))
    (local.set $terms (local.get $end))
    (local.set $out (local.get $end))
    (block $done (loop $next_term
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $term (local.get $out))
      (local.set $characters (i32.const 0))
      (block $ended (loop $next_byte
        (br_if $ended (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.ge_u (local.get $byte) (i32.const 0x80))
          (then
            (if (i32.eq (local.get $byte) (i32.const 0xe2)) (then
              (local.set $at (i32.add (local.get $at) (i32.const 3)))
              (br $ended)))
            (if (i32.eq (local.get $byte) (i32.const 0xc2)) (then
              (local.set $at (i32.add (local.get $at) (i32.const 2)))
              (br $ended))))
          (else
            (local.set $byte (call $letter (local.get $byte)))
            (if (i32.eqz (local.get $byte)) (then
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br $ended)))))
        (i32.store8 (local.get $out) (local.get $byte))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        ;; Bytes that continue a character do not count.
        (local.set $characters (i32.add (local.get $characters) (i32.ne
          (i32.and (local.get $byte) (i32.const 0xc0)) (i32.const 0x80))))
        (br $next_byte)))
      (if (i32.ge_u (local.get $characters) (global.get $MIN_CHARACTERS))
        (then
          (i32.store8 (local.get $out) (i32.const 10))
          (local.set $out (i32.add (local.get $out) (i32.const 1))))
        (else
          (local.set $out (local.get $term))))
      (br $next_term)))
    (call $send (i32.const 0) (i32.const 7) (global.get $REQUEST)
      (local.get $terms) (i32.sub (local.get $out) (local.get $terms))))

  ;; An ASCII letter or digit in lower case, or 0.
  (func $letter (param $byte i32) (result i32)
    (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 65)) (i32.const 26)) (then
      (return (i32.or (local.get $byte) (i32.const 32)))))
    (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 97)) (i32.const 26)) (then
      (return (local.get $byte))))
    (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 10)) (then
      (return (local.get $byte))))
    (i32.const 0)))
