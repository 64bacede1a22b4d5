//! Without the feature, there is no client.

pub(super) fn exposition(address: &str, _: Option<&str>) -> Result<String, String> {
    Err(format!(
        "cannot ask {address}: this program is built without the feature `verify` of \
         caxton-instrument-export; save the page, and give the file"
    ))
}
